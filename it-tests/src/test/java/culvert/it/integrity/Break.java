package culvert.it.integrity;

/** How an upload ends before its time. */
enum Break {
  CLIENT_RESETS_DATA,
  CLIENT_HANGS_UP,
  SSH_SESSION_KILLED,
  CULVERT_KILLED,
  NETWORK_RESET,
  NETWORK_FROZEN
}
