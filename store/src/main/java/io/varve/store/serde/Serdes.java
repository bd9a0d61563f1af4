package io.varve.store.serde;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * Serdes for common types. All are injective, so that they serve for keys, except JSON and records,
 * where two equal values may differ in bytes: see {@link #json} and {@link #record}.
 */
public final class Serdes {
    private Serdes() {}

    /**
     * Text as UTF-8, in the order of its code points. Strict: text with a lone surrogate and bytes
     * that are not UTF-8 are refused, never replaced.
     *
     * @return the serde; the empty text has no bytes, which is no key
     */
    public static Serde<String> utf8() {
        return Utf8Serde.INSTANCE;
    }

    /**
     * Whole numbers in four bytes, in numeric order: big-endian, the sign bit flipped.
     *
     * @return the serde
     */
    public static Serde<Integer> int32() {
        return OrderedSerdes.INT32;
    }

    /**
     * Whole numbers in eight bytes, in numeric order: big-endian, the sign bit flipped.
     *
     * @return the serde
     */
    public static Serde<Long> int64() {
        return OrderedSerdes.INT64;
    }

    /**
     * Numbers in eight bytes, in the order of {@link Double#compare}: negative infinity first, -0.0
     * before 0.0, NaN last and always of the same bytes.
     *
     * @return the serde
     */
    public static Serde<Double> float64() {
        return OrderedSerdes.FLOAT64;
    }

    /**
     * UUIDs in 16 bytes, in the order of their text, which is not that of {@link UUID#compareTo}.
     *
     * @return the serde
     */
    public static Serde<UUID> uuid() {
        return OrderedSerdes.UUID;
    }

    /**
     * Instants in 12 bytes, in order of time: the epoch second as {@link #int64}, the nanosecond of
     * the second as {@link #int32}.
     *
     * @return the serde
     */
    public static Serde<Instant> instant() {
        return OrderedSerdes.INSTANT;
    }

    /**
     * Bytes as they are.
     *
     * @return the serde; what it reads is a copy
     */
    public static Serde<byte[]> bytes() {
        return BytesSerde.INSTANCE;
    }

    /**
     * JSON by Jackson, for values rather than keys. What to expect:
     *
     * <ul>
     *   <li>A record has its components and nothing else; other classes have their Jackson
     *       properties. Jackson's annotations are honoured.
     *   <li>Classes may change. A component that is missing in old bytes becomes {@code null}, 0,
     *       false or an empty {@code Optional}, which a record's constructor may replace; a
     *       property that the class does not have any more, or not yet, is ignored.
     *   <li>Values do not change silently: text is not read as a number, nor 1.5 as an int, nor a
     *       number as an enum constant, and an object with one property twice is refused.
     *   <li>The name of a class is never written, and none in the bytes chooses a class: {@code
     *       JsonTypeInfo} is honoured with names that are given by hand, and refused otherwise.
     *   <li>{@code Optional}, {@code OptionalInt} and their like are the value or null. The classes
     *       of {@code java.time} are ISO-8601 text, as keys of maps too.
     *   <li>The same value gives the same bytes in every process: maps are written in the order of
     *       their keys. Only a {@code HashSet} or {@code Set.of} is written in no order; prefer
     *       {@code List} or {@code TreeSet} in read models.
     *   <li>A value has at most 20,000,000 bytes of JSON and is at most 100 levels deep; a number
     *       has at most 1,000 digits and a key of a map 50,000 chars.
     * </ul>
     *
     * @param type a record or another class; not an interface or abstract class of the application:
     *     for these see {@link #jsonTypes}, or Jackson's {@code JsonTypeInfo} with names
     * @param <T> the same
     * @return the serde
     * @throws IllegalArgumentException if Jackson has no way to read the class, or something in it
     */
    public static <T> Serde<T> json(Class<T> type) {
        JacksonVersion.check();
        return new JsonSerde<>(type, Map.of(), JsonForm.JSON, JsonForm.JSON.shared());
    }

    /**
     * Begins a serde that writes values of several classes as JSON, each under a name of its own.
     *
     * @param base what the values have in common, often a sealed interface
     * @param <B> the same
     * @return a builder without types
     */
    public static <B> JsonSerdeBuilder<B> jsonTypes(Class<B> base) {
        return new JsonSerdeBuilder<>(base, JsonForm.JSON);
    }

    /**
     * CBOR (RFC 8949) by Jackson: all that holds for {@link #json} holds, but the form is binary,
     * smaller than the text, and {@code byte[]} stands in it as it is.
     *
     * <p>Needs {@code com.fasterxml.jackson.dataformat:jackson-dataformat-cbor} on the class path,
     * in the version of jackson-databind, which Varve does not bring along.
     *
     * <pre>{@code
     * EventSerde.of(Scan.class).type("scanned", Scanned.class, Serdes.cbor(Scanned.class)).build();
     * }</pre>
     *
     * @param type a record or another class; not an interface or abstract class of the application:
     *     for these see {@link #cborTypes}
     * @param <T> the same
     * @return the serde
     * @throws IllegalArgumentException if Jackson has no way to read the class, or something in it
     * @throws io.varve.store.errors.LibraryMissingException if the library is missing
     */
    public static <T> Serde<T> cbor(Class<T> type) {
        JacksonVersion.check();
        return new JsonSerde<>(type, Map.of(), JsonForm.CBOR, JsonForm.CBOR.shared());
    }

    /**
     * Begins a serde that writes values of several classes as CBOR, each under a name of its own,
     * see {@link #jsonTypes} and {@link #cbor}.
     *
     * @param base what the values have in common, often a sealed interface
     * @param <B> the same
     * @return a builder without types
     */
    public static <B> JsonSerdeBuilder<B> cborTypes(Class<B> base) {
        return new JsonSerdeBuilder<>(base, JsonForm.CBOR);
    }

    /**
     * A compact binary form of records, for values rather than keys: half the size of JSON or less,
     * and several times as fast. What to expect:
     *
     * <ul>
     *   <li>Components are primitives and their boxes, {@code String}, {@code byte[]}, enums,
     *       {@code UUID}, {@code Instant}, {@code LocalDate}, {@code LocalDateTime}, {@code
     *       Duration}, {@code BigInteger}, {@code BigDecimal}, other records, sealed interfaces of
     *       records, and {@code Optional}, {@code List}, {@code Set} and {@code Map} of these. Any
     *       but primitives and {@code Optional} may be null.
     *   <li>Classes may change. Each component is written under a tag made from its name, so they
     *       may be added, removed and put in another order. What is missing in old bytes becomes 0,
     *       false, empty or null. For other defaults and new names see {@link #recordTypes}.
     *   <li>Values do not change silently. A whole number may become a wider or a narrower one
     *       where it fits, or a double where it is exact, a float a double, a component {@code
     *       Optional}, and text an enum. Any other change of type is refused when it is met.
     *   <li>The same value gives the same bytes in every process: sets and maps are written in the
     *       order of their elements' bytes, lists in their own.
     *   <li>Lists, sets and maps that were read cannot be modified.
     *   <li>Records may stand in each other at most 100 deep.
     * </ul>
     *
     * @param type a record without type parameters, of an unnamed module or an open package
     * @param <T> the same
     * @return the serde
     * @throws IllegalArgumentException if the class or a component has no form in this format
     */
    public static <T> Serde<T> record(Class<T> type) {
        return recordTypes(type).build();
    }

    /**
     * Begins a serde of the record format, as {@link #record}, with names for the records below
     * sealed interfaces or with old names and defaults of components.
     *
     * @param base a record or a sealed interface of records
     * @param <B> the same
     * @return a builder
     */
    public static <B> RecordSerdeBuilder<B> recordTypes(Class<B> base) {
        return new RecordSerdeBuilder<>(base);
    }

    /**
     * Gives a serde of one's own a name, see {@link Serde#describe}.
     *
     * @param name one line of 1 to 200 characters; change it whenever the bytes change, as in
     *     {@code money-2}
     * @param serde does the work
     * @param <T> the values
     * @return the same serde under the name
     */
    public static <T> Serde<T> named(String name, Serde<T> serde) {
        return new NamedSerde<>(name, serde);
    }
}
