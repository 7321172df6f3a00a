export const onRequestTrace = () => new Response("trace");
export const onRequestFoo = () => new Response("foo");
export const onrequest = () => new Response("lower case");
export default () => new Response("default");
