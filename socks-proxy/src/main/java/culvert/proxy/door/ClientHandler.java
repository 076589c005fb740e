package culvert.proxy.door;

/** What stands behind the front doors. */
@FunctionalInterface
public interface ClientHandler {

  /** Takes over a client that has asked for a destination, on the client channel's event loop. */
  void handle(Client client);
}
