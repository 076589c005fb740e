package culvert.filter;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnreachableRulesTest {

  @ParameterizedTest(name = "{0} hides {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "host=*                    | host=ftp.example                        | true",
        "host=*                    | port=21                                 | true",
        "host=*.example            | host=ftp.example,*.mf.example,mf*.example | true",
        "host=*.example            | host=example                            | false",
        "host=*.example            | host=ftp.example,ftp.other              | false",
        "host=ftp.*                | host=ftp.example                        | true",
        "host=mf?                  | host=mf1                                | true",
        "host=mf?                  | host=mf*                                | false",
        "host=mf*                  | host=mf?                                | true",
        "host=*a*                  | host=*bab*                              | true",
        "host=/mf.*/               | host=mf1                                | true",
        "host=/mf.*/               | host=/mf.*/                             | true",
        "host=/mf.*/               | host=/mf1/                              | false",
        "host=*.example            | host=/.*\\.example/                     | false",
        "host=FTP.Example.         | host=ftp.example                        | true",
        "network=10.0.0.0/8        | network=10.1.0.0/16,10.2.3.4            | true",
        "network=10.1.0.0/16       | network=10.0.0.0/8                      | false",
        "network=10.0.0.0/8        | host=10.1.2.3                           | true",
        "network=10.0.0.0/8        | host=10.1.2.3,ftp.example               | false",
        "network=0.0.0.0/0,::/0    | port=21                                 | false",
        "host=10.1.2.3             | network=10.1.2.3                        | false",
        "port=1-1023               | port=21,22                              | true",
        "port=1-100,101-1023       | port=90-110                             | true",
        "port=21                   | port=21-22                              | false",
        "port=1-65535              | host=a                                  | true",
        "client=0.0.0.0/0,::/0     | host=a                                  | true",
        "client=10.0.0.0/8         | client=10.1.1.1                         | true",
        "client=10.0.0.0/8         | host=a                                  | false",
        "listener=a,b              | listener=b                              | true",
        "listener=a                | listener=a,b                            | false",
        "os-user=batch,etl*        | os-user=etl1,batch                      | true",
        "os-user=etl1              | os-user=etl*                            | false",
        "os-user=*                 | os-user=batch                           | true",
        "os-user=*                 | host=a                                  | false",
        "os-user=batch             | host=a                                  | false",
        "host=a                    | host=a;os-user=batch;application=curl   | true",
        "os-user=batch             | application=curl                        | false",
        "application=curl          | application=Curl                        | false",
        "application=nc*           | application=ncftp,ncftpput              | true",
        "host=*.example;port=21    | host=ftp.example;port=21;client=::1     | true",
        "host=*.example;port=21    | host=ftp.example                        | false",
      })
  void shadowing(String first, String second, boolean shadowed) {
    CompiledRules rules = new Rules().block(first.split(";")).block(second.split(";")).compile();

    assertThat(rules.warnings()).hasSize(shadowed ? 1 : 0);
  }

  @ParameterizedTest(name = "{0} {1} hides {2} {3}: {4}")
  @CsvSource(
      delimiter = '|',
      value = {
        // Only a block takes names that do not resolve here, so nothing else hides one.
        "DIRECT     | network=10.0.0.0/8 | BLOCK      | network=10.1.0.0/16             | false",
        "BLOCK      | network=10.0.0.0/8 | BLOCK      | network=10.1.0.0/16             | true",
        "BLOCK      | network=10.0.0.0/8 | FTP_TUNNEL | network=10.1.0.0/16             | true",
        "FTP_TUNNEL | network=10.0.0.0/8 | DIRECT     | network=10.1.0.0/16             | true",
        "DIRECT     | network=10.0.0.0/8 | BLOCK      | host=10.1.2.3                   | true",
        "DIRECT     | network=10.0.0.0/8 | BLOCK      | host=10.1.2.3;network=10.0.0.0/8 | true",
        "DIRECT     | network=10.0.0.0/8 | BLOCK      | host=a;network=10.0.0.0/8       | false",
        "DIRECT     | port=21            | BLOCK      | network=10.0.0.0/8;port=21      | true",
      })
  void shadowingOfBlocks(
      Action first, String conditions, Action second, String others, boolean shadowed) {
    CompiledRules rules =
        new Rules().add(first, conditions.split(";")).add(second, others.split(";")).compile();

    assertThat(rules.warnings()).hasSize(shadowed ? 1 : 0);
  }

  @Test
  void theWarningNamesBothRulesAndTheirPlaces() {
    CompiledRules rules = new Rules().block("port=21").block("host=a").block("port=21").compile();

    assertThat(rules.warnings())
        .hasToString(
            "[test.yaml:3:1: warning: rule r3 never matches:"
                + " rule r1 at test.yaml:1:1 takes all that it would match]");
  }

  @Test
  void aRuleThatContradictsItselfIsReported() {
    CompiledRules rules =
        new Rules()
            .block("host=10.1.1.1", "network=192.0.2.0/24")
            .block("host=10.1.1.1,ftp.example", "network=192.0.2.0/24")
            .compile();

    assertThat(rules.warnings())
        .hasToString(
            "[test.yaml:1:1: warning: rule r1 never matches:"
                + " none of the addresses under host lies in one of its networks]");
  }
}
