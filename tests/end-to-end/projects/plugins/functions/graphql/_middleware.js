import graphQL from "@cloudflare/pages-plugin-graphql";
import { graphql, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: "Query",
    fields: {
      hello: {
        type: GraphQLString,
        args: { name: { type: GraphQLString } },
        resolve: (_, { name }) => `hello ${name ?? "you"}`,
      },
    },
  }),
});

export const onRequest = graphQL({ schema, graphql });
