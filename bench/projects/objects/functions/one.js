export const onRequest = ({ env }) => env.COUNTER.getByName("one").fetch("http://object/");
