package io.doundo.orchestrator.api.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.DigestUtils;

/**
 * The build that a page of the console was made for. A page that is still open after a rollout
 * learns from another id that its files are old.
 *
 * @param id the version, and a digest of the console's files
 * @param instance the name of this machine
 */
public record Build(String id, String instance) {

  private static final int DIGITS = 7;

  static Build ofConsole() {
    String version = Build.class.getPackage().getImplementationVersion();
    return new Build((version == null ? "dev" : version) + '+' + digest(), host());
  }

  private static String digest() {
    try {
      Resource[] files =
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:static/console/**/*.js");
      Arrays.sort(files, Comparator.comparing(Resource::getDescription));
      StringBuilder digests = new StringBuilder();
      for (Resource file : files) {
        digests.append(DigestUtils.md5DigestAsHex(file.getContentAsByteArray()));
      }
      return HexFormat.of()
          .formatHex(DigestUtils.md5Digest(digests.toString().getBytes(StandardCharsets.UTF_8)))
          .substring(0, DIGITS);
    } catch (IOException e) {
      throw new UncheckedIOException("The console's files cannot be read", e);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
