/**
 * What a bench needs around Culvert: servers, files, a slow line, other proxies, and what the
 * kernel knows of a process. Starting points: {@link culvert.bench.rig.Rig} and {@link
 * culvert.bench.rig.ProxyUnderTest}. One thread uses a rig; {@code close} may come from another.
 */
@NullMarked
package culvert.bench.rig;

import org.jspecify.annotations.NullMarked;
