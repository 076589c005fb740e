/**
 * The admin port: metrics and health over HTTP.
 *
 * <p>Starting point: {@link culvert.proxy.admin.AdminServer}. Runs on an event loop of its own and
 * touches no client's channel.
 */
@NullMarked
package culvert.proxy.admin;

import org.jspecify.annotations.NullMarked;
