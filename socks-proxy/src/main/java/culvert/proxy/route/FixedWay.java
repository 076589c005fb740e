package culvert.proxy.route;

import culvert.filter.Route;

/** The way of every client of a fixed tunnel. */
@FunctionalInterface
public interface FixedWay {

  /** The route under the configuration of this moment. */
  Route route(Policy policy);
}
