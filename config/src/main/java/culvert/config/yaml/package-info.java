/**
 * Text of a configuration file as values that know their places, and what is wrong with it.
 *
 * <p>Starting points: {@link culvert.config.yaml.YamlParser} makes {@link
 * culvert.config.yaml.YamlValue}s; {@link culvert.config.yaml.Problems} collects, for one file and
 * confined to the thread that reads it. Values are immutable. No key of the configuration is known
 * here.
 */
@NullMarked
package culvert.config.yaml;

import org.jspecify.annotations.NullMarked;
