// node:_stream_transform, a name of before there was node:stream.
return require("stream").Transform;
