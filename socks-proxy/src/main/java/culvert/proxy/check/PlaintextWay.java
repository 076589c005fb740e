package culvert.proxy.check;

import culvert.config.Location;

/**
 * One way in which a configuration lets FTP go in plaintext.
 *
 * @param rule its name; {@code default-action} and {@code pin-tunnelled} are no rules
 * @param action what the rule wants
 * @param why as in the audit trail: {@code rule}, or the reason of a fallback
 * @param words the same for a person
 * @param remedy what keeps it from going so
 */
public record PlaintextWay(
    String rule, String action, Location location, String why, String words, String remedy) {}
