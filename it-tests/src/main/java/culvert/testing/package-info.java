/** Embedded servers for the demo and the tests. */
@NullMarked
package culvert.testing;

import org.jspecify.annotations.NullMarked;
