package culvert.it.capture;

import java.util.Optional;

/**
 * A real FTP client as its users call it, without a word of a proxy: lines of shell.
 *
 * <p>They know {@code $MODE}, {@code $HOST} (as in a URL), {@code $ADDRESS}, {@code $USER}, {@code
 * $PASSWORD}, {@code $FOLDER} on the server, {@code $NAME} of a file in it, {@code $FILE} here, and
 * {@code $JAVA}, which runs {@link JdkUrl}.
 */
enum UnawareClient {
  CURL(
      "",
      "--ftp-port -",
      "curl -q -sS -m 60 $MODE -u $USER:$PASSWORD -T $FILE ftp://$HOST/$FOLDER/$NAME",
      "curl -q -sS -m 60 $MODE -u $USER:$PASSWORD -o $FILE ftp://$HOST/$FOLDER/$NAME",
      "curl -q -sS -m 60 $MODE -u $USER:$PASSWORD ftp://$HOST/$FOLDER/"),
  CURL_OF_IPV4("--disable-epsv", "--disable-eprt --ftp-port -", CURL),
  LFTP("yes", "no", lftp("put $FILE -o $NAME"), lftp("get $NAME -o $FILE"), lftp("ls")),
  NCFTP(
      "-F",
      "-E",
      "ncftpput $MODE -V -t 30 -u $USER -p $PASSWORD -c $HOST $FOLDER/$NAME <$FILE",
      "ncftpget $MODE -V -t 30 -u $USER -p $PASSWORD -c $HOST $FOLDER/$NAME >$FILE",
      "ncftpls $MODE -t 30 -u $USER -p $PASSWORD ftp://$HOST/$FOLDER/"),
  TNFTP(
      "-p",
      "-A",
      bsd("tnftp", "put $FILE $NAME"),
      bsd("tnftp", "get $NAME $FILE"),
      bsd("tnftp", "ls")),
  INETUTILS(
      "-p",
      "-A",
      bsd("inetutils-ftp", "put $FILE $NAME"),
      bsd("inetutils-ftp", "get $NAME $FILE"),
      bsd("inetutils-ftp", "ls")),
  WGET("", "--no-passive-ftp", "", wget("-O $FILE", "$NAME"), wget("-O -", "")),
  JDK(
      "",
      "",
      "$JAVA upload ftp://$USER:$PASSWORD@$HOST/$FOLDER/$NAME $FILE",
      "$JAVA download ftp://$USER:$PASSWORD@$HOST/$FOLDER/$NAME $FILE",
      "$JAVA list ftp://$USER:$PASSWORD@$HOST/$FOLDER/");

  private final String passive;
  private final String active;
  private final String upload;
  private final String download;
  private final String list;

  UnawareClient(String passive, String active, UnawareClient other) {
    this(passive, active, other.upload, other.download, other.list);
  }

  UnawareClient(String passive, String active, String upload, String download, String list) {
    this.passive = passive;
    this.active = active;
    this.upload = upload;
    this.download = download;
    this.list = list;
  }

  private static String lftp(String command) {
    return "lftp --norc -c \"set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 20; set ftp:passive-mode $MODE;"
        + " open -u $USER,$PASSWORD ftp://$HOST; cd $FOLDER; "
        + command
        + '"';
  }

  private static String bsd(String program, String command) {
    return "printf '%s\\n' \"user $USER $PASSWORD\" binary \"cd $FOLDER\" \""
        + command
        + "\" quit | "
        + program
        + " -n -v $MODE $ADDRESS";
  }

  private static String wget(String options, String name) {
    return "wget --no-config -nv $MODE --tries=1 --timeout=20 --user=$USER --password=$PASSWORD "
        + options
        + " ftp://$HOST/$FOLDER/"
        + name;
  }

  /** What {@code $MODE} is in passive mode. */
  String passive() {
    return passive;
  }

  /** What it is in active mode; empty: it has none. */
  Optional<String> active() {
    return active.isEmpty() ? Optional.empty() : Optional.of(active);
  }

  /** Empty: it only downloads. */
  Optional<String> upload() {
    return upload.isEmpty() ? Optional.empty() : Optional.of(upload);
  }

  String download() {
    return download;
  }

  String list() {
    return list;
  }
}
