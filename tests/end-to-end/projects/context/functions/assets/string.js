export const onRequest = ({ env }) => env.ASSETS.fetch("http://anything.local/about");
