package culvert.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test of what is said and decided rather than of how sockets behave: whether epoll or NIO
 * carries the bytes makes no difference, so it runs on epoll only.
 */
@Tag("any-transport")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface AnyTransport {}
