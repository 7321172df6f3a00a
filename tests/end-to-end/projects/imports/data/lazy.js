export const value = "imported when asked for";
