import { GraphQLError, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, graphql, printSchema } from "graphql";

const book: GraphQLObjectType = new GraphQLObjectType({
  name: "Book",
  fields: () => ({
    title: { type: new GraphQLNonNull(GraphQLString) },
    year: { type: GraphQLInt, description: "when it came out" },
    sequels: { type: new GraphQLList(book), resolve: (parent) => (parent.year ? [{ title: `${parent.title} II` }] : []) },
  }),
});
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: "Query",
    fields: {
      book: {
        type: book,
        args: { title: { type: new GraphQLNonNull(GraphQLString) } },
        resolve: async (_, { title }) => {
          if (title === "none") throw new GraphQLError("no such book", { extensions: { code: "NOT_FOUND" } });
          return { title, year: 1999 };
        },
      },
    },
  }),
});

export const onRequestGet: PagesFunction = () => new Response(printSchema(schema));
export const onRequestPost: PagesFunction = async ({ request }) => {
  const { query, variables } = await request.json() as { query: string; variables?: Record<string, unknown> };
  return Response.json(await graphql({ schema, source: query, variableValues: variables }));
};
