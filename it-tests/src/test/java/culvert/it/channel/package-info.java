/** The contract of a Netty {@code DuplexChannel}, kept by TCP sockets and by SSH channels alike. */
@org.jspecify.annotations.NullMarked
package culvert.it.channel;
