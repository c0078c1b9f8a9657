package io.doundo.http.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Decompresses a response; what comes out has the same limit as what came in. */
final class Decompression {

  private Decompression() {}

  /** The response as the service meant it. */
  static CallResult.Answered of(CallResult.Answered raw, int limit) throws UnusableAnswerException {
    String encoding = encoding(raw.header("content-encoding"));
    if (encoding == null || raw.body().length == 0) {
      return raw;
    }
    try (InputStream plain = opened(encoding, raw.body())) {
      byte[] body = plain.readNBytes(limit + 1);
      if (body.length > limit) {
        throw UnusableAnswerException.tooLarge(limit);
      }
      return new CallResult.Answered(raw.status(), raw.headers(), body);
    } catch (UnusableAnswerException e) {
      throw e;
    } catch (IOException e) {
      throw new UnusableAnswerException("the answer cannot be decompressed: " + e.getMessage());
    }
  }

  private static @Nullable String encoding(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return null;
    }
    String encoding = header.strip().toLowerCase(Locale.ROOT);
    return encoding.equals("identity") ? null : encoding;
  }

  private static InputStream opened(String encoding, byte[] body) throws IOException {
    InputStream bytes = new ByteArrayInputStream(body);
    return switch (encoding) {
      case "gzip", "x-gzip" -> new GZIPInputStream(bytes);
      case "deflate" -> new InflaterInputStream(bytes);
      default ->
          throw new UnusableAnswerException(
              "the answer has the content encoding " + encoding + ", which was not asked for");
    };
  }
}
