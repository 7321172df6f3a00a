// node:_stream_duplex, a name of before there was node:stream.
return require("stream").Duplex;
