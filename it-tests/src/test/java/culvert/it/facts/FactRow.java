package culvert.it.facts;

/** What real clients and servers do, one row for each thing, by what it is about. */
enum FactRow {
  // 2. Clients: before and around login, client by client
  CURL_SOCKS(2, "curl speaks SOCKS 4, 4a, 5 and 5h, and offers methods 0 and 1"),
  CURL_TLS(
      2, "curl sends nothing before USER; with --ssl AUTH SSL, AUTH TLS, then goes on in clear"),
  LFTP_FEAT(2, "lftp sends FEAT and AUTH TLS before USER, and after 530 FEAT again after login"),
  LFTP_COURTESIES(2, "lftp may send CLNT, LANG, OPTS UTF8 and HOST before USER"),
  LFTP_PIPELINES(
      2, "lftp pipelines CLNT/OPTS/HOST/USER, PASS/FEAT/PWD, PASV/LIST in a segment each"),
  SILENT_BEFORE_USER(2, "ncftp, tnftp, ftplib, commons-net send nothing before USER"),
  INETUTILS_SYST(2, "inetutils sends SYST before USER; an invented 215 would change its mode"),
  FILEZILLA(2, "FileZilla, by SOCKS 5 with names, sends AUTH TLS, AUTH SSL, then goes on in clear"),
  WINSCP(2, "WinSCP, by SOCKS 4, 4a or 5, sends AUTH and HOST if so configured"),
  FIFTEEN_SECONDS(2, "WinSCP waits 15 s for the reply to PASS, FileZilla 20 s"),
  PYSOCKS(2, "ftplib with PySocks speaks SOCKS 4 and 5"),
  JVM_SOCKS(2, "a JVM speaks SOCKS 5 with methods 0 and 2, then SOCKS 4"),
  JDK_EPSV_ALL(2, "JDK ftp: URLs send EPSV ALL first after login"),
  ZOS_SOCKS(2, "z/OS speaks SOCKS 4 with IPv4 addresses, and AUTH if configured"),
  WINDOWS_OPTS(2, "Windows' ftp.exe and .NET send OPTS UTF8 ON before USER and want 2xx"),

  // 2. What that asks for
  GREETING_AT_ONCE(2, "one 220 line at once: clients wait for it"),
  PLEASE_LOG_IN(2, "530 to everything else before login, FEAT and SYST included"),
  ANSWERED_LOCALLY(2, "OPTS UTF8 ON, OPTS UTF-8, CLNT, NOOP: 200, HOST: 220, replayed before USER"),
  TLS_REFUSED(2, "AUTH, PBSZ, PROT, ADAT: 502"),
  TLS_PASSES_THROUGH(2, "or, by rule, AUTH passes and the session runs through untouched"),
  USER_STARTS_OVER(2, "USER: 331; a second USER starts over"),
  PASS_WITHOUT_USER(2, "PASS without USER: 503"),
  ACCT_RECORDED(2, "ACCT is recorded"),
  ARGUMENTS_UNTOUCHED(2, "the argument is everything after exactly one space, bytes untouched"),
  PIPELINED_BEHIND_PASS(2, "what is pipelined behind PASS waits until its answer was relayed"),
  TLS_FIRST(2, "a first byte 0x16 is TLS, not FTP"),
  HTTP_FIRST(2, "an HTTP request line is not FTP"),

  // 3. Login replay
  REAL_GREETING_FIRST(3, "the real greeting comes first, of one line or many"),
  GREETING_120(3, "120, then 220"),
  GREETING_REFUSES(3, "a greeting of 421 or 5xx is the answer to PASS"),
  COURTESIES_FAIL(3, "5xx to OPTS and CLNT, and 500 and 502 to HOST, are ignored"),
  HOST_504(3, "504 to HOST fails the login"),
  PASSWORD_WANTED(3, "USER: 331 or 336, then PASS is sent"),
  PASSWORD_NOT_WANTED(3, "USER: 230 or 232 is the answer to PASS, and no PASS is sent"),
  ACCOUNT_WANTED(3, "332: ACCT, or relayed"),
  USER_REFUSED(3, "USER: 4xx or 5xx is the answer to PASS, and no PASS is sent"),
  FINAL_REPLY_VERBATIM(3, "the final reply goes to the client verbatim, all its lines"),
  SLOW_GREETING(3, "greetings may take 30 s"),
  CHARSETS(3, "SSH wants UTF-8, else the charset of the profile; FTP gets the raw bytes"),
  ANONYMOUS(3, "anonymous users are never tried against SSH"),

  // 4. Passive mode: where clients come for their data
  NAMED_AS_CONTROL(
      4, "curl, ftplib, newer commons-net, tnftp: CONNECT to the host as they named it"),
  NAMED_AS_227(4, "wget, ncftp, lftp, FileZilla, WinSCP: CONNECT to the literal of the 227"),
  SAME_AS_CONTROL(4, "JDK, tnftp, inetutils: the 227 must name the address of the control peer"),
  NEVER_LOOPBACK(4, "a 227 with 127.0.0.1 that was not asked for breaks many clients"),
  LITERAL_IN_227(4, "a client that asked for an IPv4 literal is told that literal"),
  RESOLVED_IN_227(4, "a client that asked for a name is told the address it resolves to here"),
  SERVERS_OWN_IN_227(4, "never the server's own word for its address: it can be anybody's"),
  RESERVED_IN_227(
      4, "where nothing is left, an address out of 198.18.0.0/16 of this session's own"),
  SERVERS_PORT(4, "the port is the server's, unless two sessions of one client collide"),
  ANY_ALIAS(
      4,
      "data is asked for under any name or address that the client has asked for or was told, or"
          + " Culvert's own"),
  BEFORE_WITH_OR_AFTER(4, "data connections come before, with or after the transfer command"),
  ANSWERED_WHEN_CONFIRMED(4, "curl goes from EPSV to PASV on a true SOCKS failure only"),
  ONE_CHANNEL(
      4, "one channel for each announcement, when the client connects: servers accept once"),

  // 4. Passive mode: how servers word it
  SPELLINGS_OF_227(4, "227 with or without parentheses, with =, with other text, trailing dot"),
  SPELLINGS_OF_229(4, "229 with any delimiter"),
  PASV_ANSWERED_229(4, "229 in answer to PASV"),
  PORT_REFUSED(4, "port 0 and ports below 1024 are refused"),
  UNREADABLE_REFUSED(4, "what cannot be parsed reaches no client of a tunnelled session"),
  FINAL_LINE(4, "only the final line of the reply that belongs to the PASV or EPSV counts"),
  REPLIES_IN_ORDER(
      4, "commands awaiting replies are a FIFO; a transfer takes 1xx and a final reply"),
  UNSOLICITED_227(4, "an unsolicited or embedded 227 opens nothing"),
  IPV6_CLIENT(
      4, "an IPv6 client is told a reserved address when it asks with PASV, and EPSV works"),
  EPSV_ALL_ENDS_PASV(4, "after EPSV ALL vsftpd and proftpd refuse PASV and PORT"),
  SAME_TARGET(4, "servers refuse data that does not come from the address of control"),

  ONE_ADDRESS(4, "of a name with several addresses, data goes to the one that control has reached"),

  OWN_LISTENER(4, "clients that do not send data through SOCKS connect to what the reply names"),

  // 5. Active mode, and the clients of section 2 that use it
  ACTIVE_EPRT_FIRST(2, "curl and tnftp send EPRT, then PORT, with their socket's local address"),
  ACTIVE_PORT(2, "lftp, ncftp, ftplib, commons-net send PORT without BIND"),
  ACTIVE_BY_DEFAULT(2, "inetutils and z/OS are active by default, Windows' ftp.exe is always"),
  CONVERTED(5, "conversion to passive works with every server: EPSV at PORT, data at the transfer"),
  CONVERTED_TO_PASV(5, "PASV where EPSV is answered 5xx"),
  CONVERTED_AFTER_EPSV_ALL(5, "only EPSV after the client's EPSV ALL"),
  OWN_ADDRESS_ONLY(5, "PORT must name the client's own address and a port >= 1024, else 500"),
  EPRT_DELIMITERS(5, "any EPRT delimiter"),
  EPRT_FAMILIES(5, "EPRT of an unknown family: 522"),
  REMOTE_FORWARD(5, "servers refuse a PORT that is not the control peer's: PORT 127,0,0,1,p"),
  REMOTE_FORWARD_EARLY(5, "curl's test server connects when it is told the port, before RETR"),
  REMOTE_FORWARD_EPRT(5, "the only EPRT delimiter that vsftpd takes is |"),
  SOURCE_CHECKED(5, "ncftp and commons-net want data from the server's address: only BIND pleases"),

  BIND_BEFORE_PORT(2, "Dante's socksify, AIX and Solaris runsocks send SOCKS BIND before PORT"),
  BIND_JUNK(5, "BIND's DST is junk: 0.0.0.0:0, 0.0.0.1:0, the bytes of the host name"),
  BIND_FIRST_REPLY(5, "its first reply names our address and a port that nobody else has"),
  BIND_PORT(5, "the later PORT carries exactly that"),
  BIND_SECOND_REPLY(
      5, "its second reply carries the server's address as the client knows it, port 20"),

  // 6. Abort, urgent data, closing
  URGENT_IN_LINE(6, "ftplib's ABOR ends in an urgent byte, lftp and inetutils have one before it"),
  TELNET_DROPPED(6, "IAC IP, IAC DM, IAC WILL/WONT/DO/DONT x are dropped, IAC IAC is kept"),
  PLAIN_ABOR(6, "plain ABOR is the only form that all servers accept"),
  DATA_RESET_AFTER_ABOR(6, "servers answer ABOR once the data connection dies: after about 1 s"),
  ANSWERS_TO_ABOR(6, "426 and 226, 226 and 226, or 225"),
  REPLY_OVERTAKES_DATA(6, "226 may overtake the data"),
  SILENT_TRANSFERS(6, "a control connection whose transfer is pending may be silent for minutes"),
  BROKEN_UPLOAD(6, "sshd turns every end into a FIN: a broken upload must be aborted first"),

  // 11. Threats
  FOREIGN_227(11, "a 227 that names another host does not lead there"),
  BOUNCE(11, "PORT and EPRT do not lead to a third host"),
  FXP(11, "two servers are not connected to each other"),
  PORT_STEALING(11, "a second client does not get the data of the first"),
  PORT_REUSE(11, "an announced port is good for one connection"),
  OTHER_LOCAL_USER(11, "another local user's process does not get the data of the first"),
  LATE_CONNECT(11, "an announced port stays closed to whoever comes late"),
  EARLY_DATA(11, "bytes that come before they are asked for are not lost"),
  HALF_A_REPLY(11, "a reply that breaks off opens nothing"),
  ;

  private final int section;
  private final String text;

  FactRow(int section, String text) {
    this.section = section;
    this.text = text;
  }

  @Override
  public String toString() {
    return section + ": " + text;
  }
}
