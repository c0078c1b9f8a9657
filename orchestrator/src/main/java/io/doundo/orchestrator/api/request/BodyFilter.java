package io.doundo.orchestrator.api.request;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads the whole body of a request before anything else does, up to a limit. So no request uses
 * more memory than that, and a body with a wrong form content type ({@code curl -d} sends one) is
 * not parsed as a form while the query is read.
 */
public final class BodyFilter extends OncePerRequestFilter {

  private final int maxBytes;

  public BodyFilter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    byte[] body = request.getInputStream().readNBytes(maxBytes + 1);
    if (body.length > maxBytes) {
      ProblemWriter.write(
          response,
          ProblemKind.TOO_LARGE,
          "The body is larger than %,d bytes, the limit of one record.".formatted(maxBytes));
      return;
    }
    chain.doFilter(new Buffered(request, body), response);
  }

  /** A request whose body was read. */
  private static final class Buffered extends HttpServletRequestWrapper {
    private final ServletInputStream stream;

    Buffered(HttpServletRequest request, byte[] body) {
      super(request);
      stream = new BufferedBody(new ByteArrayInputStream(body));
    }

    @Override
    public ServletInputStream getInputStream() {
      return stream;
    }
  }

  private static final class BufferedBody extends ServletInputStream {
    private final ByteArrayInputStream bytes;

    BufferedBody(ByteArrayInputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      return bytes.read(buffer, offset, length);
    }

    @Override
    public boolean isFinished() {
      return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException("the body has already been read");
    }
  }
}
