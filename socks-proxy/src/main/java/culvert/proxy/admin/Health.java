package culvert.proxy.admin;

/** Whether a load balancer should send clients here. */
public enum Health {
  OK,
  DRAINING
}
