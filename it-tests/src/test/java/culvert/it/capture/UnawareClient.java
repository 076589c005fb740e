package culvert.it.capture;

import java.util.Optional;

/**
 * A real FTP client as its users call it, without a word of a proxy: lines of shell.
 *
 * <p>They know {@code $HOST} (as in a URL), {@code $ADDRESS}, {@code $USER}, {@code $PASSWORD},
 * {@code $FOLDER} on the server, {@code $NAME} of a file in it, {@code $FILE} here, and {@code
 * $JAVA}, which runs {@link JdkUrl}.
 */
enum UnawareClient {
  CURL(
      "curl -q -sS -m 60 -u $USER:$PASSWORD -T $FILE ftp://$HOST/$FOLDER/$NAME",
      "curl -q -sS -m 60 -u $USER:$PASSWORD -o $FILE ftp://$HOST/$FOLDER/$NAME",
      "curl -q -sS -m 60 -u $USER:$PASSWORD ftp://$HOST/$FOLDER/"),
  CURL_WITH_PASV(
      "curl --disable-epsv -q -sS -m 60 -u $USER:$PASSWORD -T $FILE ftp://$HOST/$FOLDER/$NAME",
      "curl --disable-epsv -q -sS -m 60 -u $USER:$PASSWORD -o $FILE ftp://$HOST/$FOLDER/$NAME",
      "curl --disable-epsv -q -sS -m 60 -u $USER:$PASSWORD ftp://$HOST/$FOLDER/"),
  LFTP(lftp("put $FILE -o $NAME"), lftp("get $NAME -o $FILE"), lftp("ls")),
  NCFTP(
      "ncftpput -V -t 30 -u $USER -p $PASSWORD -c $HOST $FOLDER/$NAME <$FILE",
      "ncftpget -V -t 30 -u $USER -p $PASSWORD -c $HOST $FOLDER/$NAME >$FILE",
      "ncftpls -t 30 -u $USER -p $PASSWORD ftp://$HOST/$FOLDER/"),
  TNFTP(bsd("tnftp", "put $FILE $NAME"), bsd("tnftp", "get $NAME $FILE"), bsd("tnftp", "ls")),
  INETUTILS(
      bsd("inetutils-ftp", "put $FILE $NAME"),
      bsd("inetutils-ftp", "get $NAME $FILE"),
      bsd("inetutils-ftp", "ls")),
  WGET("", wget("-O $FILE", "$NAME"), wget("-O -", "")),
  JDK(
      "$JAVA upload ftp://$USER:$PASSWORD@$HOST/$FOLDER/$NAME $FILE",
      "$JAVA download ftp://$USER:$PASSWORD@$HOST/$FOLDER/$NAME $FILE",
      "$JAVA list ftp://$USER:$PASSWORD@$HOST/$FOLDER/");

  private final String upload;
  private final String download;
  private final String list;

  UnawareClient(String upload, String download, String list) {
    this.upload = upload;
    this.download = download;
    this.list = list;
  }

  private static String lftp(String command) {
    return "lftp --norc -c \"set cmd:fail-exit yes; set net:max-retries 2; set net:timeout 20;"
        + " open -u $USER,$PASSWORD ftp://$HOST; cd $FOLDER; "
        + command
        + '"';
  }

  private static String bsd(String program, String command) {
    return "printf '%s\\n' \"user $USER $PASSWORD\" binary \"cd $FOLDER\" \""
        + command
        + "\" quit | "
        + program
        + " -n -v -p $ADDRESS";
  }

  private static String wget(String options, String name) {
    return "wget --no-config -nv --tries=1 --timeout=20 --user=$USER --password=$PASSWORD "
        + options
        + " ftp://$HOST/$FOLDER/"
        + name;
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
