package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.LimitExceededException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventHeadersTest {
    @Test
    void shouldReturnAnotherWithEachChange() {
        EventHeaders none = EventHeaders.NONE;
        UUID id = new UUID(1, 2);
        EventHeaders all =
                none.withEventId(id)
                        .withCorrelation("c")
                        .withCausation("d")
                        .withUser(Map.of("k", "v"));
        assertEquals(
                new EventHeaders(
                        Optional.of(id), Optional.of("c"), Optional.of("d"), Map.of("k", "v")),
                all);
        assertEquals(EventHeaders.NONE, none);
        assertTrue(none.isEmpty());
    }

    @Test
    void shouldBeEmptyOnlyWithoutAny() {
        assertFalse(EventHeaders.NONE.withEventId(new UUID(0, 0)).isEmpty());
        assertFalse(EventHeaders.NONE.withCorrelation("").isEmpty());
        assertFalse(EventHeaders.NONE.withCausation("").isEmpty());
        assertFalse(EventHeaders.NONE.withUser(Map.of("k", "")).isEmpty());
    }

    @Test
    void shouldCopyTheMap() {
        Map<String, String> map = new HashMap<>(Map.of("k", "v"));
        EventHeaders headers = EventHeaders.NONE.withUser(map);
        map.clear();
        assertEquals(Map.of("k", "v"), headers.user());
        assertThrows(UnsupportedOperationException.class, () -> headers.user().clear());
    }

    @Test
    void shouldRefuseNamesThatAreEmptyOrTooLong() {
        EventHeaders.NONE.withUser(Map.of("n".repeat(255), ""));
        Map<String, String> empty = Map.of("", "v");
        assertThrows(IllegalArgumentException.class, () -> EventHeaders.NONE.withUser(empty));
        for (String name : List.of("n".repeat(256), "\u00e9".repeat(128))) {
            LimitExceededException e =
                    assertThrows(
                            LimitExceededException.class,
                            () -> EventHeaders.NONE.withUser(Map.of(name, "v")));
            assertEquals(256, e.actual());
            assertEquals(255, e.limit());
        }
    }

    @Test
    void shouldRefuseLoneSurrogates() {
        EventHeaders none = EventHeaders.NONE;
        none.withCorrelation("\ud83d\ude00");
        for (String text : List.of("\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d")) {
            refused(() -> none.withCorrelation(text));
            refused(() -> none.withCausation(text));
            refused(() -> none.withUser(Map.of(text, "v")));
            refused(() -> none.withUser(Map.of("n", text)));
        }
    }

    @Test
    void shouldRefuseNull() {
        Optional<String> none = Optional.empty();
        npe(() -> new EventHeaders(null, none, none, Map.of()));
        npe(() -> new EventHeaders(Optional.empty(), null, none, Map.of()));
        npe(() -> new EventHeaders(Optional.empty(), none, null, Map.of()));
        npe(() -> new EventHeaders(Optional.empty(), none, none, null));
    }

    private static void refused(Runnable call) {
        assertThrows(IllegalArgumentException.class, call::run);
    }

    private static void npe(Runnable call) {
        assertThrows(NullPointerException.class, call::run);
    }
}
