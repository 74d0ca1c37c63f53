"""What clients ask: inspection, copy, correction, destruction … from receipt to completion."""
