package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.query.Payload;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;

/**
 * The one place that decides whether an answer shows payloads. Every view is written through it, so
 * a new view hides its payloads without knowing of this rule; a payload that is not shown is not
 * sent. Outside of a request, as in an event stream, nothing is shown.
 */
public final class PayloadRule extends ValueSerializerModifier {

  private static final long serialVersionUID = 1L;

  /** The authority of those who always see payloads. */
  public static final String SHOWN = "PAYLOADS_SHOWN";

  /** The authority of those who see payloads if they ask for them. */
  public static final String ON_DEMAND = "PAYLOADS_ON_DEMAND";

  /** The header that asks for payloads. */
  public static final String REVEAL = "X-Doundo-Reveal";

  @Override
  public List<BeanPropertyWriter> changeProperties(
      SerializationConfig config,
      BeanDescription.Supplier description,
      List<BeanPropertyWriter> properties) {
    properties.replaceAll(property -> isPayload(property) ? new PayloadWriter(property) : property);
    return properties;
  }

  private static boolean isPayload(BeanPropertyWriter property) {
    JavaType content = property.getType().getContentType();
    return property.getType().hasRawClass(RawJson.class)
        || (content != null && content.hasRawClass(RawJson.class))
        || property.getAnnotation(Payload.class) != null;
  }

  /** Whether this answer shows payloads; if only because the request asks, that is noted. */
  static boolean shows() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    if (caller == null || !(request instanceof ServletRequestAttributes servlet)) {
      return false;
    }
    if (has(caller, SHOWN)) {
      return true;
    }
    boolean revealed =
        has(caller, ON_DEMAND) && "true".equals(servlet.getRequest().getHeader(REVEAL));
    if (revealed) {
      servlet.getRequest().setAttribute(CallAudit.REVEALED, true);
    }
    return revealed;
  }

  /** Refuses an answer that is nothing but a payload. */
  static void requireShown() {
    if (!shows()) {
      throw new ApiProblem(
          ProblemKind.PAYLOAD_HIDDEN,
          "This is a payload, which doundo.api.payloads hides from your role. Where that setting is"
              + " on-demand, ask for it with the header "
              + REVEAL
              + ": true; the read is recorded.");
    }
  }

  private static boolean has(Authentication caller, String authority) {
    return caller.getAuthorities().stream().anyMatch(a -> authority.equals(a.getAuthority()));
  }

  /** Writes a payload, or leaves it out. */
  private static final class PayloadWriter extends BeanPropertyWriter {

    private static final long serialVersionUID = 1L;

    PayloadWriter(BeanPropertyWriter shown) {
      super(shown);
    }

    private PayloadWriter(PayloadWriter shown, PropertyName name) {
      super(shown, name);
    }

    @Override
    protected BeanPropertyWriter _new(PropertyName name) {
      return new PayloadWriter(this, name);
    }

    @Override
    public void serializeAsProperty(Object bean, JsonGenerator json, SerializationContext context)
        throws Exception {
      if (shows()) {
        super.serializeAsProperty(bean, json, context);
      }
    }
  }
}
