// node:_stream_wrap, which can be imported but does nothing here.
return require("internal/stub")("_stream_wrap", {
});
