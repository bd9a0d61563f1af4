package io.varve.store.serde;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.SerdeException;
import java.util.Map;
import java.util.Objects;

/** A value in the record format: names what fails, where it fails. */
final class RecordSerde<T> implements Serde<T> {
    private final Class<T> type;
    private final String description;
    private final Codec codec;

    /**
     * Makes one.
     *
     * @param named records below sealed interfaces, by their names
     */
    RecordSerde(Class<T> type, Map<String, Class<?>> named, Codec codec) {
        this.type = type;
        this.description = "record " + TypeShape.of(type, named);
        this.codec = codec;
    }

    @Override
    public void serialize(T value, BytesWriter out) {
        Objects.requireNonNull(value, "value");
        int start = out.size();
        try {
            codec.write(WireType.ROOT, value, out, RecordReader.MAX_DEPTH);
        } catch (SerdeException e) {
            out.truncate(start);
            throw e;
        } catch (RuntimeException e) {
            out.truncate(start);
            boolean unfit = e instanceof Unfit;
            throw new SerdeException(
                    "A value has no form in bytes: class="
                            + value.getClass().getName()
                            + " cause="
                            + (unfit ? e.getMessage() : e),
                    unfit
                            ? ((Unfit) e).remedy()
                            : "Let the accessors of the record return without an error.",
                    unfit ? null : e);
        }
    }

    @Override
    public T deserialize(BytesView in) {
        RecordReader reader = new RecordReader(in);
        try {
            int first = reader.octet();
            if (first >>> WireType.BITS != WireType.FORMAT) {
                throw new Unfit(
                        "the first byte is not of this format, byte=" + first,
                        "Read the bytes with the serde that wrote them.");
            }
            T value = type.cast(codec.read(first & WireType.MASK, reader));
            if (reader.remaining() > 0) {
                throw new Unfit(
                        "bytes are left over, left=" + reader.remaining(),
                        "Read the bytes with the serde that wrote them.");
            }
            return value;
        } catch (SerdeException e) {
            throw e;
        } catch (RuntimeException e) {
            boolean unfit = e instanceof Unfit;
            throw new SerdeException(
                    "Bytes are not such a record: class="
                            + type.getName()
                            + " length="
                            + in.length()
                            + " cause="
                            + (unfit ? e.getMessage() : e),
                    unfit ? ((Unfit) e).remedy() : Unfit.KEEP,
                    unfit ? null : e);
        }
    }

    @Override
    public String describe() {
        return description;
    }
}
