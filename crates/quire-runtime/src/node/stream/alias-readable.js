// node:_stream_readable, a name of before there was node:stream.
return require("stream").Readable;
