export type Missing = null;
