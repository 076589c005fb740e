/**
 * Reads {@code culvert.yaml} into the records of {@link culvert.config}, with all its problems at
 * once.
 *
 * <p>Starting points: {@link culvert.config.read.ConfigLoader} is what others call; {@link
 * culvert.config.read.ConfigReader} is the whole file, section by section; a {@link
 * culvert.config.read.Key} with its {@link culvert.config.read.ValueType} is what any of them
 * knows. A reading is confined to the thread that began it; what comes out is immutable.
 */
@NullMarked
package culvert.config.read;

import org.jspecify.annotations.NullMarked;
