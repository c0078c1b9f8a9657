package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.request.Caller;
import io.doundo.orchestrator.app.DoundoProperties;
import io.doundo.orchestrator.app.DoundoProperties.Permission;
import io.doundo.orchestrator.app.DoundoProperties.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * Who makes a request, and what it may do. It is the {@code details} of the request's
 * authentication.
 *
 * @param roles as they were given, without those that they include
 * @param keyId the key that it comes from; null for logins without one
 * @param expiresAt null for never
 */
record Login(
    String name,
    Set<Role> roles,
    List<String> groups,
    Set<Permission> permissions,
    @Nullable String keyId,
    @Nullable Instant expiresAt) {

  /** The caller when nobody needs to log in. */
  static final Login LOCAL =
      new Login("local", Set.of(Role.ADMIN), List.of(), Set.of(Permission.ACT_AS), null, null);

  private static final String ROLE = "ROLE_";

  Login {
    roles = Set.copyOf(roles);
    groups = List.copyOf(groups);
    permissions = Set.copyOf(permissions);
  }

  static Login of(DoundoProperties.Key key) {
    return new Login(
        key.name(),
        Set.copyOf(key.role()),
        key.groups(),
        Set.copyOf(key.permissions()),
        KeyRing.id(key),
        key.expiresAt());
  }

  /** The login of an authenticated request; null for that of another instance. */
  static @Nullable Login of(@Nullable Authentication authentication) {
    return authentication != null && authentication.getDetails() instanceof Login login
        ? login
        : null;
  }

  /** The roles with those that they include: each includes those before it, but for TASKS. */
  Set<Role> allRoles() {
    EnumSet<Role> all = EnumSet.noneOf(Role.class);
    for (Role given : roles) {
      for (Role included : Role.values()) {
        if (given == Role.TASKS ? included == given : included.compareTo(given) <= 0) {
          all.add(included);
        }
      }
    }
    return all;
  }

  /** The one role that says most. */
  Role role() {
    Role most = Role.TASKS;
    for (Role role : List.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN)) {
      most = roles.contains(role) ? role : most;
    }
    return most;
  }

  boolean isOver(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }

  /**
   * The authentication of its requests.
   *
   * @param more authorities that come of settings
   */
  Authentication authentication(String... more) {
    List<SimpleGrantedAuthority> authorities = new ArrayList<>();
    allRoles().forEach(role -> authorities.add(new SimpleGrantedAuthority(ROLE + role)));
    groups.forEach(group -> authorities.add(new SimpleGrantedAuthority(Caller.GROUP + group)));
    if (permissions.contains(Permission.ACT_AS)) {
      authorities.add(new SimpleGrantedAuthority(Caller.ACT_AS));
    }
    for (String one : more) {
      authorities.add(new SimpleGrantedAuthority(one));
    }
    UsernamePasswordAuthenticationToken authentication =
        UsernamePasswordAuthenticationToken.authenticated(name, null, authorities);
    authentication.setDetails(this);
    return authentication;
  }
}
