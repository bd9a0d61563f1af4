package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serdes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No name of a class gets into a log: it could never be changed again. */
class ClassNamesTest {
    /** In the name of every class whose values are written here. */
    private static final String MARK = "Xyzzy";

    @TempDir Path folder;

    interface XyzzyEvent {}

    sealed interface XyzzyShape {}

    record XyzzyCircle(int radius) implements XyzzyShape {}

    enum XyzzyColor {
        RED {
            @Override
            public String toString() {
                return "red";
            }
        },
        BLUE
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes(@JsonSubTypes.Type(value = XyzzyCash.class, name = "cash"))
    interface XyzzyPayment {}

    record XyzzyCash(int cents) implements XyzzyPayment {}

    record XyzzyJson(XyzzyCash cash, List<XyzzyPayment> payments, XyzzyColor color)
            implements XyzzyEvent {}

    record XyzzyRecord(XyzzyCircle circle, XyzzyColor color) implements XyzzyEvent {}

    record XyzzyShapes(XyzzyShape first, List<XyzzyShape> all) implements XyzzyEvent {}

    private static final EventSerde<XyzzyEvent> SERDE =
            EventSerde.of(XyzzyEvent.class)
                    .json("paid", XyzzyJson.class)
                    .record("drawn", XyzzyRecord.class)
                    .type(
                            "shaped",
                            XyzzyShapes.class,
                            Serdes.recordTypes(XyzzyShapes.class)
                                    .type("circle", XyzzyCircle.class)
                                    .build())
                    .build();

    @Test
    void shouldWriteNoNameOfAClass() throws IOException {
        XyzzyCash cash = new XyzzyCash(5);
        XyzzyCircle circle = new XyzzyCircle(6);
        List<XyzzyEvent> events =
                List.of(
                        new XyzzyJson(cash, List.of(cash), XyzzyColor.RED),
                        new XyzzyRecord(circle, XyzzyColor.RED),
                        new XyzzyShapes(circle, List.of(circle)));
        try (EventStore store = EventStore.open(folder)) {
            Category<XyzzyEvent> category = store.category("things", SERDE);
            category.append("a", ExpectedVersion.any(), events);
            assertEquals(events, category.read("a"));
        }
        assertTrue(onDisk("shaped"), "the search finds what is there");
        assertFalse(onDisk(MARK));
    }

    private boolean onDisk(String text) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (new String(bytes, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }
}
