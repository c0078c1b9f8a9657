package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the claims of a token into a login: a name, roles, and groups. Claims without a role that
 * we know are no login. Immutable.
 */
final class ClaimedLogin {

  private static final int LONGEST_NAME = 200;

  /** No character that breaks a line, or turns the direction of a text. */
  private static final Pattern NAME = Pattern.compile("[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

  private final DoundoProperties.OAuth2 settings;

  ClaimedLogin(DoundoProperties.OAuth2 settings) {
    this.settings = settings;
  }

  /**
   * The issuer with the rules by which its claims give roles, names and groups. A session that was
   * opened by other rules does not hold: its role may have been taken out of the settings.
   */
  static String rules(DoundoProperties.OAuth2 settings) {
    return String.join(
        "\n",
        settings.issuer(),
        settings.nameClaim(),
        settings.rolesClaim(),
        String.valueOf(settings.groupsClaim()),
        new TreeMap<>(settings.roles()).toString());
  }

  /**
   * The login of the claims.
   *
   * @param expiresAt null for that of its session
   */
  Optional<Login> of(Map<String, Object> claims, @Nullable Instant expiresAt) {
    String name = at(claims, settings.nameClaim()) instanceof String text ? text.strip() : "";
    Set<Role> roles = EnumSet.noneOf(Role.class);
    texts(at(claims, settings.rolesClaim())).forEach(given -> role(given).ifPresent(roles::add));
    if (roles.isEmpty() || name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    String groupsClaim = settings.groupsClaim();
    List<String> groups =
        groupsClaim == null
            ? List.of()
            : texts(at(claims, groupsClaim)).stream().filter(group -> !group.isBlank()).toList();
    return Optional.of(new Login(name, roles, groups, Set.of(), null, expiresAt));
  }

  /** By the settings or, without any there, by the role's own name. */
  private Optional<Role> role(String given) {
    if (!settings.roles().isEmpty()) {
      return Optional.ofNullable(settings.roles().get(given));
    }
    return Arrays.stream(Role.values())
        .filter(role -> role.name().equals(given.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  /** The value at a path; a claim whose own name has dots counts first. */
  private static @Nullable Object at(Map<String, Object> claims, String path) {
    Object whole = claims.get(path);
    if (whole != null) {
      return whole;
    }
    Object value = claims;
    for (String part : path.split("\\.", -1)) {
      value = value instanceof Map<?, ?> object ? object.get(part) : null;
    }
    return value;
  }

  /** A list of texts, or one text in which spaces separate them. */
  private static List<String> texts(@Nullable Object value) {
    if (value instanceof Collection<?> list) {
      return list.stream().filter(String.class::isInstance).map(String.class::cast).toList();
    }
    return value instanceof String text ? List.of(text.split(" ", -1)) : List.of();
  }
}
