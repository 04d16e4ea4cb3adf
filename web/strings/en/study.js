// The page of the study is in English as it stands.

export const catalogue = null;
