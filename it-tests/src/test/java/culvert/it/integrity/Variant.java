package culvert.it.integrity;

import culvert.it.peers.RealFtpServer;
import culvert.it.peers.RealProftpd;
import culvert.it.peers.RealPureFtpd;
import culvert.it.peers.RealVsftpd;
import java.io.IOException;

/** An FTP server and its setting for uploads. */
enum Variant {
  VSFTPD {
    @Override
    RealFtpServer start() throws IOException {
      return RealVsftpd.start();
    }
  },
  VSFTPD_DELETING {
    @Override
    RealFtpServer start() throws IOException {
      return RealVsftpd.start("delete_failed_uploads=YES");
    }
  },
  PROFTPD {
    @Override
    RealFtpServer start() throws IOException {
      return RealProftpd.start();
    }
  },
  PROFTPD_HIDING {
    @Override
    RealFtpServer start() throws IOException {
      return RealProftpd.start("AllowStoreRestart off", "HiddenStores on");
    }
  },
  PROFTPD_DELETING {
    @Override
    RealFtpServer start() throws IOException {
      return RealProftpd.start(
          "AllowStoreRestart off", "HiddenStores on", "DeleteAbortedStores on");
    }
  },
  PURE_FTPD {
    @Override
    RealFtpServer start() throws IOException {
      return RealPureFtpd.start();
    }
  },
  PURE_FTPD_ATOMIC {
    @Override
    RealFtpServer start() throws IOException {
      return RealPureFtpd.start("--notruncate");
    }
  };

  abstract RealFtpServer start() throws IOException;
}
