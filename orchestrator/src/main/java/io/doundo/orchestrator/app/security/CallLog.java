package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.CallAudit;
import io.doundo.orchestrator.api.hook.HookController;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.http.HttpMethod;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Writes one line for every call that may change something, refused ones included, and for every
 * read that reveals a payload on request. The line is written when the answer is known.
 */
final class CallLog extends OncePerRequestFilter {

  /** A name of its own, so that these lines can go to a place of their own. */
  static final String LOGGER = "doundo.calls";

  private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

  private static final String WRITTEN = CallLog.class.getName() + ".written";

  /** In the place of a status: there was no answer. */
  private static final int UNKNOWN = 0;

  private static final int LONGEST = 500;

  private static final Set<String> READS =
      Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name(), HttpMethod.OPTIONS.name());

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean answered = false;
    try {
      chain.doFilter(request, response);
      answered = true;
    } finally {
      if (!answered) {
        write(request, HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      } else if (!request.isAsyncStarted()) {
        write(request, response.getStatus());
      } else if (!isAsyncDispatch(request)) {
        writeAtTheEnd(request);
      }
    }
  }

  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  /** A caller that leaves before the answer may have changed something all the same. */
  private static void writeAtTheEnd(HttpServletRequest request) {
    try {
      request
          .getAsyncContext()
          .addListener(
              new AsyncListener() {
                @Override
                public void onComplete(AsyncEvent event) {
                  if (request.getAttribute(WRITTEN) == null) {
                    write(request, UNKNOWN);
                  }
                }

                @Override
                public void onTimeout(AsyncEvent event) {
                  // It is completed then.
                }

                @Override
                public void onError(AsyncEvent event) {
                  // It is completed then.
                }

                @Override
                public void onStartAsync(AsyncEvent event) {
                  event.getAsyncContext().addListener(this);
                }
              });
    } catch (IllegalStateException e) {
      // It is answered already, and its last dispatch writes the line.
      LOG.trace("No end to wait for", e);
    }
  }

  private static void write(HttpServletRequest request, int status) {
    request.setAttribute(WRITTEN, true);
    boolean revealed = request.getAttribute(CallAudit.REVEALED) != null;
    if (READS.contains(request.getMethod()) && !revealed) {
      return;
    }
    Map<String, String> fields = fields(request, status, revealed);
    LoggingEventBuilder line = LOG.atInfo();
    StringBuilder text = new StringBuilder(revealed ? "payload read" : "call");
    for (Map.Entry<String, String> field : fields.entrySet()) {
      line = line.addKeyValue(field.getKey(), field.getValue());
      text.append(' ').append(field.getKey()).append('=').append(field.getValue());
    }
    line.log(text.toString());
  }

  private static Map<String, String> fields(
      HttpServletRequest request, int status, boolean revealed) {
    Map<String, String> fields = new LinkedHashMap<>();
    Object principal = request.getAttribute(CallerFilter.PRINCIPAL);
    fields.put("principal", principal == null ? "nobody" : clean(principal.toString()));
    if (request.getAttribute(CallerFilter.LOGIN) instanceof Login login) {
      fields.put(
          "roles",
          String.join(",", new TreeSet<>(login.roles().stream().map(Enum::name).toList())));
      if (login.keyId() != null) {
        fields.put("key", login.keyId());
      }
    }
    fields.put("method", request.getMethod());
    fields.put("path", clean(address(request)));
    Object flowId = request.getAttribute(CallAudit.FLOW_ID);
    if (flowId != null) {
      fields.put("flowId", clean(flowId.toString()));
    }
    fields.put("status", status == UNKNOWN ? "none" : String.valueOf(status));
    fields.put(
        "outcome",
        status == UNKNOWN
            ? "unknown"
            : status < 400 ? "done" : status < 500 ? "refused" : "failed");
    fields.put("from", clean(request.getRemoteAddr()));
    if (revealed) {
      fields.put("revealed", "true");
    }
    return fields;
  }

  /** Without the query of a webhook: its sender may have no other place for a secret. */
  private static String address(HttpServletRequest request) {
    String path = request.getRequestURI();
    String query = request.getQueryString();
    return query == null || HookController.isMeant(request) ? path : path + '?' + query;
  }

  /** One line, in which nobody can pretend that a field or a line ends. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .forEach(
            c -> {
              if (c <= ' '
                  || c == '"'
                  || c == '\\'
                  || Character.getType(c) == Character.FORMAT
                  || Character.isISOControl(c)
                  || c == 0x2028
                  || c == 0x2029) {
                clean.append("\\u{").append(Integer.toHexString(c)).append('}');
              } else {
                clean.appendCodePoint(c);
              }
            });
    return clean.toString();
  }
}
