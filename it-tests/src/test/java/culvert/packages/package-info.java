/**
 * What {@code ./mvnw -Pdist package} makes, installed and run; only that profile includes these
 * tests. {@link culvert.packages.Machine} is where packages are installed.
 */
@NullMarked
package culvert.packages;

import org.jspecify.annotations.NullMarked;
