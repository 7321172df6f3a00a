import greet, { shout } from "greeter";
import { deep } from "greeter/deep";
export const onRequest = () => Response.json([greet("you"), shout("you"), deep]);
