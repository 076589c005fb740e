/** The proxy daemon. */
@NullMarked
package culvert.proxy;

import org.jspecify.annotations.NullMarked;
