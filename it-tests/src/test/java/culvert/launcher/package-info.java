/** The launcher {@code culvert} at the root. */
@NullMarked
package culvert.launcher;

import org.jspecify.annotations.NullMarked;
