// node:_stream_writable, a name of before there was node:stream.
return require("stream").Writable;
