import { createPagesFunctionHandler } from "@react-router/cloudflare";
// @ts-ignore: the build makes it
import * as build from "../build/server";

export const onRequest = createPagesFunctionHandler({ build });
