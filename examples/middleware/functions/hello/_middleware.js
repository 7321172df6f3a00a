import { errorHandler } from '../shared';
import { hello } from '../custom';
export const onRequest = [
errorHandler
]
export const onRequestGet = [
errorHandler,
hello
]
