package io.varve.store;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * What is known of an event beside its payload. Immutable; each {@code with} returns another.
 *
 * <p>All of an event's together are at most 65,535 bytes: an id 21, a text its UTF-8 and 5, a user
 * header its name, its value and 6. An append with more is refused.
 *
 * @param eventId identifies the event beyond this store
 * @param correlation what a conversation's events have in common
 * @param causation what the event was caused by
 * @param user anything else, by name; names have 1 to 255 bytes of UTF-8. No text here may have a
 *     lone surrogate
 */
public record EventHeaders(
        Optional<UUID> eventId,
        Optional<String> correlation,
        Optional<String> causation,
        Map<String, String> user) {
    /** Nothing. */
    public static final EventHeaders NONE =
            new EventHeaders(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

    /**
     * Copies the map and refuses names that are too long, and text that is not Unicode.
     *
     * @param eventId identifies the event beyond this store
     * @param correlation what a conversation's events have in common
     * @param causation what the event was caused by
     * @param user anything else, by name
     */
    public EventHeaders {
        Objects.requireNonNull(eventId, "eventId");
        correlation.ifPresent(text -> checkText("correlation", text));
        causation.ifPresent(text -> checkText("causation", text));
        user = Map.copyOf(user);
        user.forEach(EventHeaders::checkUser);
    }

    private static void checkUser(String name, String value) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("A header needs a name; its value is: " + value);
        }
        StreamId.checkLength("header name", name, 255);
        checkText("header name", name);
        checkText("header " + name, value);
    }

    /** UTF-8 has no form for half a character: it would be read back as something else. */
    private static void checkText(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length()
                        || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    throw new IllegalArgumentException(
                            "Text with a lone surrogate cannot be stored; mend it where it comes"
                                    + " from: what="
                                    + what
                                    + " index="
                                    + i);
                }
                i++;
            }
        }
    }

    /**
     * The same with an id.
     *
     * @param id of the event
     * @return new headers
     */
    public EventHeaders withEventId(UUID id) {
        return new EventHeaders(Optional.of(id), correlation, causation, user);
    }

    /**
     * The same with a correlation.
     *
     * @param id of the conversation
     * @return new headers
     */
    public EventHeaders withCorrelation(String id) {
        return new EventHeaders(eventId, Optional.of(id), causation, user);
    }

    /**
     * The same with a causation.
     *
     * @param id of the cause
     * @return new headers
     */
    public EventHeaders withCausation(String id) {
        return new EventHeaders(eventId, correlation, Optional.of(id), user);
    }

    /**
     * The same with other user headers.
     *
     * @param headers by name
     * @return new headers
     */
    public EventHeaders withUser(Map<String, String> headers) {
        return new EventHeaders(eventId, correlation, causation, headers);
    }

    /**
     * Whether there are none.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return eventId.isEmpty() && correlation.isEmpty() && causation.isEmpty() && user.isEmpty();
    }
}
