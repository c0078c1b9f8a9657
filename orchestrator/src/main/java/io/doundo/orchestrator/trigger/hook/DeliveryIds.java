package io.doundo.orchestrator.trigger.hook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.orchestrator.definition.WebhookTrigger.Hmac;
import io.doundo.orchestrator.definition.WebhookTrigger.Verification;
import io.doundo.orchestrator.trigger.EventIds;
import java.io.ByteArrayOutputStream;
import java.util.UUID;

/**
 * The ids of what a webhook's delivery starts or signals. They are made of what is signed only:
 * whoever has a signed body could send it again under another id. Stateless.
 */
public final class DeliveryIds {

  private DeliveryIds() {}

  /** The flowId of a start: of the signed id, otherwise of the body. */
  public static String ofStart(
      String orchestration, String trigger, HookVerifier.Result verified, byte[] body) {
    String signed = verified.isIdSigned() ? verified.id() : null;
    return signed == null
        ? EventIds.ofContent(orchestration, trigger, body)
        : EventIds.ofDelivery(orchestration, trigger, signed);
  }

  /**
   * The controlId of a signal; the flow ignores a second signal with the same one. It is made of
   * the signed id, or of the signed time and the body, or of the body where that alone is signed.
   * Where nothing is signed, the sender is trusted to mean what it sends, and each request is a
   * signal of its own.
   *
   * @param random used where nothing is signed
   */
  public static String ofSignal(
      String orchestration,
      String trigger,
      Verification verify,
      HookVerifier.Result verified,
      byte[] body,
      UUID random) {
    if (verified.isIdSigned()) {
      return ofStart(orchestration, trigger, verified, body);
    }
    if (!(verify instanceof Hmac)) {
      return EventIds.ofContent(orchestration, trigger, random.toString().getBytes(UTF_8));
    }
    String time = verified.signedTime();
    if (time == null) {
      return EventIds.ofContent(orchestration, trigger, body);
    }
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    signed.writeBytes((time + '.').getBytes(UTF_8));
    signed.writeBytes(body);
    return EventIds.ofContent(orchestration, trigger, signed.toByteArray());
  }
}
