package culvert.proxy.ftp;

import java.time.Duration;

/**
 * How long things may take.
 *
 * @param decision the front door's answer waits so long for the server to be reached
 * @param answer what an answer of ours may take that something is waited for: WinSCP waits 15 s
 * @param serverReply what a server may take from its connection to its last reply to the replayed
 *     login; greetings wait for reverse DNS
 * @param clientLogin what a client may take for its login, whatever else it says meanwhile
 * @param abort what a server may take to answer ABOR before the data connection is reset
 * @param farewell what a client may take to close after its last reply
 * @param earlyData how long a server's connection is kept that comes before its transfer
 * @param lateData what a server may take to connect when it has said that the transfer is done
 */
public record FtpTimeouts(
    Duration decision,
    Duration answer,
    Duration serverReply,
    Duration clientLogin,
    Duration abort,
    Duration farewell,
    Duration earlyData,
    Duration lateData) {

  public static final FtpTimeouts DEFAULT =
      new FtpTimeouts(
          Duration.ofSeconds(2),
          Duration.ofMillis(14_500),
          Duration.ofSeconds(60),
          Duration.ofSeconds(120),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10));
}
