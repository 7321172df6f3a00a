let n = 0;
export const onRequest = ({ env }) => env.COUNTER.getByName(`c${n++ % 1000}`).fetch("http://object/");
