"""The buyer's side: finding suppliers and saying why each is proposed."""
