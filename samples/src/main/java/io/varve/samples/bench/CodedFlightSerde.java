package io.varve.samples.bench;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serde;

/** Flights in the bytes of {@link BinaryFlights}, without what a date and texts cost. */
final class CodedFlightSerde implements Serde<CodedFlight> {
    @Override
    public void serialize(CodedFlight flight, BytesWriter out) {
        BinaryFlights.checkFits(flight.distanceMiles(), flight.delayMinutes(), flight);
        out.putInt(flight.minute());
        out.putShort(flight.origin());
        out.putShort(flight.destination());
        out.putShort(flight.distanceMiles());
        out.putShort(flight.delayMinutes());
    }

    @Override
    public CodedFlight deserialize(BytesView in) {
        BinaryFlights.checkLength(in);
        return new CodedFlight(
                in.getInt(0),
                in.getShort(4) & BinaryFlights.UINT16,
                in.getShort(6) & BinaryFlights.UINT16,
                in.getShort(8) & BinaryFlights.UINT16,
                in.getShort(10));
    }
}
