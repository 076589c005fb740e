package culvert.proxy.socks;

/** A well-formed BIND of either version; its address means nothing. */
enum BindRequest {
  INSTANCE
}
