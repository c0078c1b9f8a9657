package io.doundo.http.client;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.client5.http.async.methods.AbstractBinResponseConsumer;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** Reads a response as it comes, up to a limit. Used once. */
final class BoundedConsumer extends AbstractBinResponseConsumer<CallResult.Answered> {

  private static final int STEP = 64 * 1024;

  private final int limit;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int status;
  private final Map<String, String> headers = new LinkedHashMap<>();

  BoundedConsumer(int limit) {
    this.limit = limit;
  }

  @Override
  protected void start(HttpResponse response, @Nullable ContentType contentType) {
    status = response.getCode();
    for (Header header : response.getHeaders()) {
      headers.merge(
          header.getName().toLowerCase(Locale.ROOT),
          String.valueOf(header.getValue()),
          (one, other) -> one + ", " + other);
    }
  }

  @Override
  protected int capacityIncrement() {
    return STEP;
  }

  @Override
  protected void data(ByteBuffer source, boolean endOfStream) throws UnusableAnswerException {
    if (body.size() + source.remaining() > limit) {
      throw UnusableAnswerException.tooLarge(limit);
    }
    byte[] part = new byte[source.remaining()];
    source.get(part);
    body.writeBytes(part);
  }

  @Override
  protected CallResult.Answered buildResult() {
    return new CallResult.Answered(status, headers, body.toByteArray());
  }

  @Override
  public void releaseResources() {
    body.reset();
  }
}
