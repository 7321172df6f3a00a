// node:_stream_passthrough, a name of before there was node:stream.
return require("stream").PassThrough;
